"""Pictures for a demo without a network: the setting `local_thumbnails` points the videos here."""

import html

from youtube.sandbox.wire import Response, not_found
from youtube.sandbox.world import World

PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 180" font-family="sans-serif">'
    '<rect width="320" height="180" fill="hsl({hue} 45% 32%)"/><circle cx="{x}" cy="118" r="54" '
    'fill="none" stroke="hsl({hue} 60% 70%)" stroke-width="9"/>'
    '<circle cx="{x}" cy="118" r="7" fill="hsl({hue} 60% 70%)"/>'
    '<text x="16" y="34" fill="#fff" font-size="17">{title}</text></svg>'
)


def thumbnail(world: World, path: str) -> Response:
    video = world.video(path.split("/")[2])
    if video is None:
        return not_found()
    number = sum(video.id.encode())
    text = PICTURE.format(hue=number % 360, x=60 + number % 200, title=html.escape(video.title[:32]))
    return Response(200, text.encode(), {"Content-Type": "image/svg+xml", "Cache-Control": "max-age=3600"})
