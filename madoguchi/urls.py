"""The whole URL map: paths without a prefix are Japanese, ``/en/…`` the same in English."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from madoguchi.shell import corner, errors, gallery, health, stylesheet

urlpatterns = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("style.<str:digest>.css", stylesheet.show),
    path("api/too-large", errors.too_large),
    path("api/v1/", include("madoguchi.api.v1.urls")),
    path("callbacks/", include("madoguchi.api.callbacks.urls")),
    path("", include("madoguchi.provider.urls")),
    *i18n_patterns(
        path("corner/", corner.corner, name="corner"),
        path("too-large/", errors.too_large, name="too_large"),
        path("components/", gallery.gallery, name="components"),
        path("", include("madoguchi.provider.doors")),
        path("", include("madoguchi.support.urls")),
        path("console/", include("madoguchi.console.urls")),
        *([path("demo/", include("madoguchi.demo.urls"))] if settings.DEMO else []),
        # A rehearsal outside the demo: the telephone alone.
        *(
            [path("demo/", include(("madoguchi.demo.telephone.urls", "demo")))]
            if settings.DEMO_TELEPHONE and not settings.DEMO
            else []
        ),
        prefix_default_language=False,
    ),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error
