"""What is made of records: checks, indicators, print-outs as content, reminders, Excel in and out."""
