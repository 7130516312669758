package memory_test

import (
	"context"
	"testing"

	"github.com/secretmux/secretmux/testing/memory"
)

func TestCallsCountWhatReachedTheBackend(t *testing.T) {
	m := memory.New(map[string]string{"a": "1"})
	ctx := t.Context()
	ended, cancel := context.WithCancel(ctx)
	cancel()
	for _, ctx := range []context.Context{ended, ctx} {
		_, _ = m.Get(ctx, "a")
		_, _ = m.Get(ctx, "absent")
		_, _ = m.Get(ctx, "../bad")
		_, _ = m.GetVersion(ctx, "a", "1")
		_, _ = m.GetMany(ctx, []string{"a", "absent", "../bad"})
		_, _ = m.GetMany(ctx, []string{"../bad"})
		for range m.List(ctx, "") {
			break
		}
		_ = m.Check(ctx)
	}
	_ = m.Close()
	want := memory.Calls{Get: 2, GetMany: 1, GetVersion: 1, List: 1, Check: 1, Close: 1}
	if got := m.Calls(); got != want || got.Total() != 6 {
		t.Errorf("calls %+v, total %d, want %+v, total 6", got, got.Total(), want)
	}
	for name, want := range map[string]int{"a": 3, "absent": 2, "../bad": 0} {
		if got := m.Reads(name); got != want {
			t.Errorf("%d reads of %s, want %d", got, name, want)
		}
	}
	m.ResetCalls()
	if m.Calls() != (memory.Calls{}) || m.Reads("a") != 0 {
		t.Errorf("counts remain after ResetCalls")
	}
}
