"""Code lists (代码表) that every desk carries."""

from hsdesk.forms.codelists import code_list, labels

__all__ = ["code_list", "labels"]
