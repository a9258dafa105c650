"""Property tests run the same examples everywhere: a failure can be seen again."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "curate",
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("curate")
