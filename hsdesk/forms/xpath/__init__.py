"""The expression language: the XPath dialect of XForms, compiled to closures and to SQL.

    from hsdesk.forms.xpath.tree import Node, tree_of_rows          # what expressions walk
    from hsdesk.forms.xpath.problem import ExpressionError          # .message (Chinese), .column (1-based), .remedy
    from hsdesk.forms.xpath.parser import parse                     # parse(text) -> ast.Expr (frozen)
    from hsdesk.forms.xpath.compiler import compile, Compiled       # text or Expr -> closures
    from hsdesk.forms.xpath.context import Context, Host

    compiled = compile("${…} already replaced: ../age > 18", context_path=("data", "members", "adult"))
    compiled.boolean(ctx)            # also .string(ctx) .number(ctx) .nodes(ctx) .evaluate(ctx)
    compiled.dependencies            # tuple[Dependency(path, anchor)]: absolute generic path; the first `anchor`
                                     # steps are those of the context node's own rows
    compiled.instances               # frozenset of names used in instance('…'), pulldata('…')
    compiled.registers               # tuple[Aggregate, …] counts over registers that the host answers
    compiled.volatile                # uses now/today/random/uuid…
    compiled.positional              # uses position()/last()/index, so rows added or removed matter
    compiled.translations            # frozenset of constant ids given to jr:itext()
    compiled.functions               # frozenset of function names used
    compiled.constant                # the value, when the expression is a constant (else None)

`Context(node, root, host)`: `node` is the context node (`.`), `root` the root element of the primary instance;
`host` answers everything outside the tree: `instance(name) -> Node | None`, `now() -> aware datetime`,
`aggregate(query) -> float | None`, `choice_label(value, path, node) -> str | None`, `translate(id) -> str | None`,
`prop(name) -> str`, `new_id() -> str`. `context.Outside` is a host that answers nothing and may be subclassed.

A value is str, float, bool, date, datetime or list[Node]. An absolute path whose first steps are ancestors of the
context node means the own rows (JavaRosa).

`check(text) -> tuple[ExpressionError, …]` in `compiler` finds what is wrong without a tree: syntax, unknown
functions, wrong number of arguments, bad regular expressions, `rename` is in `ast`.
"""
