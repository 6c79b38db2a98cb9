/**
 * Low-rank adaptation: a frozen matrix W is used as W + s · B A, and only the two thin factors are learned. The pair of
 * forward and backward that runs beside every adapted map, the tuning method that installs it, and its way to and from PEFT
 * folders.
 *
 * @see <a href="https://arxiv.org/abs/2106.09685">Hu et al. 2021</a>
 * @see <a href="https://arxiv.org/abs/2312.03732">Kalajdzievski 2023, rank stabilisation</a>
 */
@NullMarked
package dev.finetune4j.adapters.lora;

import org.jspecify.annotations.NullMarked;
