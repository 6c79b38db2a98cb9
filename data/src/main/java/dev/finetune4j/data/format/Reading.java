package dev.finetune4j.data.format;

import dev.finetune4j.data.conversation.Conversation;
import dev.finetune4j.data.source.Provenance;

/** What a row turned out to be: a conversation, or nothing usable. Rows keep their place in the data set either way. */
public sealed interface Reading {
    Provenance provenance();

    static Reading of(Conversation conversation) {
        return new Accepted(conversation);
    }

    static Reading rejected(Provenance provenance, String field, String rule, String found) {
        return new Rejected(new Rejection(provenance, field, rule, found));
    }

    /** A row that is a conversation. */
    record Accepted(Conversation conversation) implements Reading {
        @Override
        public Provenance provenance() {
            return conversation.provenance();
        }
    }

    /** A row that is none. */
    record Rejected(Rejection rejection) implements Reading {
        @Override
        public Provenance provenance() {
            return rejection.provenance();
        }
    }
}
