/**
 * The folder format in which adapters travel: {@code adapter_config.json} beside {@code adapter_model.safetensors}, as the
 * Python library PEFT writes and reads them. Reading keeps a strict account: every tensor of a file is used and every place
 * it should fill is filled, or one error says which are not.
 *
 * @see <a href="https://huggingface.co/docs/peft/developer_guides/checkpoint">PEFT's checkpoint format</a>
 */
@NullMarked
package dev.finetune4j.adapters.peft;

import org.jspecify.annotations.NullMarked;
