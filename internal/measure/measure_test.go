package measure_test

import (
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/secretmux/secretmux/internal/measure"
)

func TestCPUGrowsWithWork(t *testing.T) {
	start, n := measure.CPU(), 0
	if start == 0 && runtime.GOOS == "windows" {
		return // it does not tell
	}
	for measure.CPU() == start {
		for i := range 1 << 20 {
			n += i
		}
	}
	if measure.ChildrenCPU() < 0 {
		t.Error("the children have a negative time", n)
	}
}

func TestGoSource(t *testing.T) {
	text, err := measure.GoSource(t.Context(), 1<<20)
	if err != nil || len(text) < 1<<20 || !strings.Contains(string(text), "\npackage ") {
		t.Errorf("%d bytes, %v; want a megabyte of source", len(text), err)
	}
}

func TestValues(t *testing.T) {
	values := measure.Values(1000)
	if !slices.Equal(values, measure.Values(1000)) {
		t.Error("two calls return other values")
	}
	for _, v := range values {
		if len(v) < 12 || len(v) > 51 {
			t.Errorf("a value has %d characters", len(v))
		}
	}
	slices.Sort(values)
	if n := len(slices.Compact(values)); n != 1000 {
		t.Errorf("%d of 1000 values are different", n)
	}
}
