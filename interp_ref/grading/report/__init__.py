"""What is made of a graded class: report, tables, feedback pages, archives for a learning platform."""
