"""What runs inside the sandbox; it may not import the rest of the course.

package/: the files of the small `interp_ref` that differ from the real one. zygote/: forks the kernels.
"""
