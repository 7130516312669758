package cli_test

import (
	"bytes"
	"strings"
	"testing"
)

func TestDiff(t *testing.T) {
	r := rig{backends: stores(t)}
	got := r.run(t, "diff", "memory://a", "memory://b")
	got.want(t, 1)
	states := map[string]string{}
	for line := range strings.Lines(got.out) {
		fields := strings.Fields(line)
		states[fields[0]] = fields[1] + " " + fields[2]
	}
	for name, want := range map[string]string{"db/password": "different", "same": "same", "only/a": "only left", "only/b": "only right"} {
		if !strings.HasPrefix(states[name], want) {
			t.Errorf("%s is %q, want %q", name, states[name], want)
		}
	}
	r.run(t, "diff", "memory://a", "memory://a").want(t, 0)
	r.run(t, "diff", "--expect", "different", "memory://a", "memory://b", "db/password").want(t, 0, "different")
	r.run(t, "diff", "--expect", "different", "memory://a", "memory://b", "same").want(t, 1, "same")
	r.run(t, "diff", "--prefix", "only/", "memory://a", "memory://b").want(t, 1, "only/a")
	r.run(t, "diff", "memory://a", "failing:", canary).want(t, 4, "CONFIG2: reference 1", "denied")
	r.run(t, "diff", "memory://a", canary).want(t, 2, "CONFIG2: ")
	r.run(t, "diff", "memory://a").want(t, 2, "two config strings")
	r.run(t, "diff", "memory://a", "memory://b", canary).want(t, 2, "neither side has a secret")
	r.run(t, "diff", "--expect", canary, "memory://a", "memory://b").want(t, 2, "same or different")
}

func TestDiffPrintsOtherDigestsEachTime(t *testing.T) {
	var outputs [2]bytes.Buffer
	for i := range outputs {
		cmd := command(t, "diff", "env:", "env:", "db/password")
		cmd.Stdout = &outputs[i]
		if err := cmd.Run(); err != nil {
			t.Fatal(err)
		}
		noCanary(t, "the output", outputs[i].String())
	}
	first, second := strings.Fields(outputs[0].String()), strings.Fields(outputs[1].String())
	last := len(first) - 1
	if first[last] == second[last] || first[last] != first[last-1] || len(first[last]) != 16 {
		t.Errorf("digests %q and %q, want equal ones in one run and different ones in two runs", first, second)
	}
}
