/**
 * Templates in the words of the programs that serve a trained model, so that it reads there what it was trained on.
 */
@NullMarked
package dev.finetune4j.data.template.export;

import org.jspecify.annotations.NullMarked;
