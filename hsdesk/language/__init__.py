"""The expression language: the XPath dialect of XForms, compiled to closures and to SQL.

    tree.Node, tree.tree_of_rows           what expressions walk
    parser.parse(text) -> ast.Expr         frozen; printer.write turns it back into text
    compiler.compile(text or Expr, context_path=…) -> Compiled
    compiler.check(text) -> tuple[ExpressionError, …]      everything wrong with it, without a tree
    context.Context(node, root, host), context.Host        what it is evaluated against
    problem.ExpressionError                .message (Chinese), .column (1-based), .remedy; NotHeld: 此处不知

A `Compiled` evaluates with `.evaluate(ctx)`, `.boolean(ctx)`, `.number(ctx)`, `.string(ctx)`, `.nodes(ctx)`
and says what it reads:

    .dependencies   tuple[Dependency(path, anchor)]: absolute generic paths; the first `anchor` steps are
                    those of the context node's own rows
    .instances      names used in instance('…') and pulldata('…')
    .figures        counts over registers that the host answers (`Dialect.registers` names them)
    .volatile       now, today, random, uuid …: the value may differ at each evaluation
    .positional     position(), last(), indexed-repeat(): rows added or removed matter
    .translations   constant ids given to jr:itext()
    .functions      names of functions called
    .constant       the value when the expression reads nothing, else None

A value is a text, float, bool, date, datetime or list of nodes. An absolute path whose first steps are
ancestors of the context node means the own rows, as in JavaRosa.

Over rows of a register: `rows.row_predicate`, `sql.predicate_sql`, `aggregate_rows`, `aggregate_sql`,
`figures.as_aggregate`.
"""
