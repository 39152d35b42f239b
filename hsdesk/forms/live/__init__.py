"""A form at work: the plan made once per form, and the tree that lives through a session."""
