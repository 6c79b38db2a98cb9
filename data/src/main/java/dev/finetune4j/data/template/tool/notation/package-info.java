/**
 * The notations in which models write calls, read with a cursor that only moves forward: what a model generates is not to be
 * trusted, and a text of a million half-open tags has to cost no more than any other text of its length.
 */
@NullMarked
package dev.finetune4j.data.template.tool.notation;

import org.jspecify.annotations.NullMarked;
