"""What is told of runs that are done: figures for plots and papers, of columns and of courses day by day."""
