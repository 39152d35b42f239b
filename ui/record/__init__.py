"""An open record (登记表): the form as widgets, saved as it is typed."""
