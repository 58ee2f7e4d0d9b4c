# What the shim costs: tables, and no test (see tests/bench/bench.py).

BENCH := $(addprefix $(B)/bench/,rounds grow steady chain)

.PHONY: bench

$(BENCH): $(B)/bench/%: tests/bench/%.c
	@mkdir -p $(@D)
	$(CC) $(TEST_CFLAGS) -O2 -g -o $@ $<

$(B)/bench/steps: tests/live/fix_steps.c
	@mkdir -p $(@D)
	$(CC) $(TEST_CFLAGS) -O2 -g -o $@ $<

$(B)/bench/empty.so: tests/bench/empty.c
	@mkdir -p $(@D)
	$(CC) -O2 -shared -fPIC -nostdlib -Wl,-z,noseparate-code -o $@ $<

bench: $(SHIM) $(BENCH) $(B)/bench/steps $(B)/bench/empty.so ## what it costs: BENCH_ROUNDS BENCH_PARTS BENCH_BARS (make setup-bench)
	@tests/bench/bench.py $(SHIM) $(B)/bench
