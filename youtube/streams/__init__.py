from youtube.streams.channel import ChannelStream
from youtube.streams.comments import CommentsStream
from youtube.streams.complete import CompleteCommentsStream
from youtube.streams.videos import VideosStream, VideoStatsStream

__all__ = ["ChannelStream", "CommentsStream", "CompleteCommentsStream", "VideoStatsStream", "VideosStream"]
