package secretmux_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
)

// Every event says which link it is about, even if no value is served that could
// tell: a value that Validate refused after Invalidate, the retry of it, a callback.
func TestEveryEventHasASource(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate()
		log := &eventLog{}
		r := newRig(t, secretmux.Options{TTL: time.Minute, Validate: g.validate, Observer: log.add}, map[string]string{"a": "1", "b": "1"})
		r.want("a", "1")
		r.OnRotate("b", func(context.Context, secretmux.Rotation) error { return errors.New("not yet") })
		r.pass(time.Second)
		r.memory.Set("b", "2")
		r.pass(5 * time.Minute)

		g.set(func() error { return errPing })
		r.Invalidate("a")
		r.memory.Set("a", "2")
		r.wantErr("a", secretmux.ErrRefused)
		stop := r.OnRotate("a", new(told).call) // so that it is tried again
		defer stop()
		r.pass(5 * time.Minute)

		kinds := map[secretmux.EventKind]int{}
		for _, e := range log.all {
			kinds[e.Kind]++
			if e.Source != "test:" {
				t.Errorf("no source: %+v", e)
			}
		}
		if kinds[secretmux.EventRefusal] < 2 || kinds[secretmux.EventRetry] < 2 || kinds[secretmux.EventCallback] == 0 {
			t.Errorf("the events were %v", kinds)
		}
	})
}
