package dev.finetune4j.data.conversation;

import java.util.List;

/**
 * Media that the placeholders of a conversation stand for, in their order; paths, or what the data holds instead of them.
 */
public record Media(List<Object> images, List<Object> videos, List<Object> audios) {
    public static final Media NONE = new Media(List.of(), List.of(), List.of());

    public Media {
        images = List.copyOf(images);
        videos = List.copyOf(videos);
        audios = List.copyOf(audios);
    }

    public boolean isEmpty() {
        return images.isEmpty() && videos.isEmpty() && audios.isEmpty();
    }
}
