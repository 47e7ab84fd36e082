"""Who works replications off: processes on this machine, or a cluster of Dask or Ray."""
