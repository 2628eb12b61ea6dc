"""What Greenroom asks for. https://developers.google.com/youtube/v3/guides/auth/server-side-web-apps"""

# Reading comments already needs force-ssl; it contains youtube.readonly.
COMMENTS = "https://www.googleapis.com/auth/youtube.force-ssl"
ANALYTICS = "https://www.googleapis.com/auth/yt-analytics.readonly"
