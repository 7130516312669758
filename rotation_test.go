package secretmux_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
)

func TestOnRotateOnceForEachChangeOfContent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, secretmux.Options{TTL: time.Minute}, map[string]string{"a": "1"})
		var first, second told
		r.OnRotate("a", first.call)
		r.OnRotate("a", second.call)
		r.pass(10 * time.Minute)
		first.want(t) // not for the first value, however often it is read
		r.memory.Set("a", "1")
		r.pass(2 * time.Minute)
		first.want(t) // a new version with the same content
		if v := r.status("a").Version; v != "2" {
			t.Errorf("Status has version %q, want that of the rewrite", v)
		}
		r.memory.Set("a", "2")
		r.pass(10 * time.Minute)
		r.memory.Set("a", "3")
		r.pass(2 * time.Minute)
		r.memory.Set("a", "2")
		r.pass(10 * time.Minute)
		for _, c := range []*told{&first, &second} {
			c.want(t, "1>2", "2>3", "3>2")
		}
		if events := r.events.take(secretmux.EventRotation); len(events) != 3 {
			t.Errorf("%d rotation events, want 3", len(events))
		}
	})
}

// A restart of the backend, an outage or a deletion is not a change of content.
func TestOnRotateIsNotCalledForOutages(t *testing.T) {
	for _, class := range []error{secretmux.ErrUnavailable, secretmux.ErrThrottled, secretmux.ErrDenied, secretmux.ErrNotFound, secretmux.ErrDisabled, secretmux.ErrCorrupt} {
		t.Run(class.Error(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, secretmux.Options{TTL: time.Minute}, map[string]string{"a": "1"})
				var told told
				r.OnRotate("a", told.call)
				synctest.Wait()
				r.fail(class)
				r.pass(time.Hour)
				r.faults.Heal()
				r.pass(5 * time.Minute)
				r.want("a", "1")
				told.want(t)
				r.fail(class)
				r.memory.Set("a", "2")
				r.pass(time.Hour)
				told.want(t)
				r.faults.Heal()
				r.pass(5 * time.Minute)
				told.want(t, "1>2")
			})
		})
	}
}

func TestOnRotateOfAField(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, secretmux.Options{TTL: time.Minute}, map[string]string{"db": `{"user":"ann","pass":"1"}`})
		var user, pass, pointer, whole told
		r.OnRotate("db#user", user.call)
		r.OnRotate("db#pass", pass.call)
		r.OnRotate("db?version=current#/pass", pointer.call)
		r.OnRotate("db", whole.call)
		synctest.Wait()
		r.wantCalls(1)
		r.memory.Set("db", `{"user":"ann","pass":"2"}`)
		r.pass(2 * time.Minute)
		r.memory.Set("db", `{ "user":"ann", "pass":"2" }`)
		r.pass(2 * time.Minute)
		user.want(t)
		pass.want(t, "1>2")
		pointer.want(t, "1>2")
		whole.want(t, `{"user":"ann","pass":"1"}>{"user":"ann","pass":"2"}`, `{"user":"ann","pass":"2"}>{ "user":"ann", "pass":"2" }`)
	})
}

// A field that goes and comes back is a change only if its content is another.
func TestOnRotateOfAFieldThatIsMissingForAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, secretmux.Options{TTL: time.Minute}, map[string]string{"db": `{"user":"ann","pass":"1"}`})
		var pass told
		r.OnRotate("db#pass", pass.call)
		r.pass(time.Second)
		for _, doc := range []string{`{"user":"ann"}`, `no JSON`, `{"user":"bob","pass":"1"}`, `{"user":"bob","pass":null}`} {
			r.memory.Set("db", doc)
			r.pass(2 * time.Minute)
		}
		pass.want(t)
		r.wantErr("db#pass", secretmux.ErrFieldNotFound)
		r.memory.Set("db", `{"user":"bob","pass":"2"}`)
		r.pass(2 * time.Minute)
		pass.want(t, "1>2")
	})
}

func TestOnRotateNamesTheReferenceItWasGiven(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, secretmux.Options{TTL: time.Minute}, map[string]string{"db": `{"k":"1"}`})
		refs := make(chan string, 2)
		for _, ref := range []string{"db#k", "db?version=current#k"} {
			r.OnRotate(ref, func(_ context.Context, rot secretmux.Rotation) error { refs <- rot.Ref; return nil })
		}
		synctest.Wait()
		r.memory.Set("db", `{"k":"2"}`)
		r.pass(time.Minute)
		got := map[string]bool{<-refs: true, <-refs: true}
		if !got["db#k"] || !got["db?version=current#k"] {
			t.Errorf("Rotation.Ref was %v", got)
		}
	})
}

// A secret that is absent at first is read until it is there. That is not a
// change.
func TestOnRotateBeforeTheFirstValue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, secretmux.Options{TTL: time.Minute}, nil)
		var told told
		r.OnRotate("a", told.call)
		r.pass(5 * time.Minute)
		r.memory.Set("a", "1")
		r.pass(5 * time.Minute)
		r.want("a", "1")
		told.want(t)
		r.memory.Set("a", "2")
		r.pass(2 * time.Minute)
		told.want(t, "1>2")
	})
}

func TestOnRotateStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, secretmux.Options{TTL: time.Minute}, map[string]string{"a": "1"})
		var stopped, kept told
		stop := r.OnRotate("a", stopped.call)
		stopKept := r.OnRotate("a", kept.call)
		r.pass(time.Second)
		stop()
		stop()
		r.memory.Set("a", "2")
		r.pass(2 * time.Minute)
		stopped.want(t)
		kept.want(t, "1>2")
		stopKept()
		r.pass(2 * time.Minute)
		r.backend.calls.Store(0)
		r.pass(time.Hour)
		r.wantCalls(0) // nobody watches any more
	})
}

// With nothing kept there is no background: the callback hears what Gets read.
func TestOnRotateWithoutATTL(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, secretmux.Options{TTL: -1}, map[string]string{"a": "1"})
		var told told
		r.OnRotate("a", told.call)
		r.pass(time.Hour)
		r.wantCalls(1)
		r.memory.Set("a", "2")
		r.want("a", "2")
		r.memory.Set("a", "3")
		if err := r.Refresh(t.Context(), "a"); err != nil {
			t.Error(err)
		}
		synctest.Wait()
		told.want(t, "1>2", "2>3")
	})
}
