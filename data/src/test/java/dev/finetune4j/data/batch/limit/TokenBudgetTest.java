package dev.finetune4j.data.batch.limit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenBudgetTest {
    @ParameterizedTest
    @CsvSource({
        "3000,2000,1000,600,400",
        "2000,3000,1000,400,600",
        "1000,100,1000,900,100",
        "100,1000,1000,100,900",
        "100,500,1000,100,500",
        "500,100,1000,500,100",
        "10,10,1000,10,10",
        "80,40,100,60,40",
        "80,60,100,58,42",
        "0,200,100,0,100",
        "5,5,0,0,0",
        "1,1,1,1,0"
    })
    void promptAndResponseShareTheLimitAsInLlamaFactory(int prompt, int response, int limit, int first, int second) {
        assertEquals(new TokenBudget(first, second), TokenBudget.of(prompt, response, limit, Overlong.TRIM));
    }
}
