"""Networks by corroboration on Spark, for links that one machine cannot hold.

Needs PySpark (Apache 2.0), which is the optional dependency group `spark`, imported only when asked for.
"""
