package secretmux_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
)

// Every event says which link it is about, even if no value is served that could
// tell: a value that Validate refused after Invalidate, the retry of it, a callback.
func TestEveryEventHasASource(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var refuses atomic.Bool
		validate := func(context.Context, secretmux.Rotation) error {
			if refuses.Load() {
				return errors.New("not good")
			}
			return nil
		}
		log := &eventLog{}
		r := newRig(t, secretmux.Options{TTL: time.Minute, Validate: validate, Observer: log.Add}, map[string]string{"a": "1", "b": "1"})
		r.Want("a", "1")
		r.OnRotate("b", func(context.Context, secretmux.Rotation) error { return errors.New("not yet") })
		r.Pass(time.Second)
		r.Memory.Set("b", "2")
		r.Pass(5 * time.Minute)

		refuses.Store(true)
		r.Invalidate("a")
		r.Memory.Set("a", "2")
		r.WantErr("a", secretmux.ErrRefused)
		stop := r.OnRotate("a", func(context.Context, secretmux.Rotation) error { return nil }) // so that it is tried again
		defer stop()
		r.Pass(5 * time.Minute)

		kinds := map[secretmux.EventKind]int{}
		for _, e := range log.All {
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
