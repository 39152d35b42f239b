"""Reading an XForm: XML in, the parts of a `Form` and every problem out."""
