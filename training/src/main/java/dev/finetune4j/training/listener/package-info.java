/**
 * Who watches a run: listeners observe it and may ask it to stop, but change no number. The files that LLaMA-Factory and
 * the Hugging Face trainer write about a run are made here: {@code trainer_log.jsonl}, {@code trainer_state.json},
 * {@code *_results.json} and the plots.
 */
@NullMarked
package dev.finetune4j.training.listener;

import org.jspecify.annotations.NullMarked;
