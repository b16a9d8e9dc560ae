"""What the tasks of the data refresh run, on AWS, one after the other."""
