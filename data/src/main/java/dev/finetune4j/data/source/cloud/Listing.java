package dev.finetune4j.data.source.cloud;

import dev.finetune4j.core.error.DataException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * One page of a listing.
 *
 * @param next what to ask the next page with; empty after the last
 */
record Listing(List<String> keys, String next) {
    static Listing read(InputStream xml, String where) {
        XMLInputFactory factory = XMLInputFactory.newFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        List<String> keys = new ArrayList<>();
        String next = "";
        try {
            XMLStreamReader reader = factory.createXMLStreamReader(xml);
            while (reader.hasNext()) {
                if (reader.next() == XMLStreamReader.START_ELEMENT) {
                    switch (reader.getLocalName()) {
                        case "Key" -> keys.add(reader.getElementText());
                        case "NextContinuationToken" -> next = reader.getElementText();
                        default -> {
                            // Dates, sizes, owners.
                        }
                    }
                }
            }
            return new Listing(keys, next);
        } catch (XMLStreamException e) {
            throw new DataException(where, "The store's listing cannot be read: " + e.getMessage() + ".", e);
        }
    }
}
