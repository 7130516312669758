package rotation_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/internal/tests/rigs"
)

func TestOnRotateOnceForEachChangeOfContent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := rigs.New(t, secretmux.Options{TTL: time.Minute}, map[string]string{"a": "1"})
		var first, second rigs.Told
		r.OnRotate("a", first.Call)
		r.OnRotate("a", second.Call)
		r.Pass(10 * time.Minute)
		first.Want(t) // not for the first value, however often it is read
		r.Memory.Set("a", "1")
		r.Pass(2 * time.Minute)
		first.Want(t) // a new version with the same content
		if v := r.StateOf("a").Version; v != "2" {
			t.Errorf("Status has version %q, want that of the rewrite", v)
		}
		r.Memory.Set("a", "2")
		r.Pass(10 * time.Minute)
		r.Memory.Set("a", "3")
		r.Pass(2 * time.Minute)
		r.Memory.Set("a", "2")
		r.Pass(10 * time.Minute)
		for _, c := range []*rigs.Told{&first, &second} {
			c.Want(t, "1>2", "2>3", "3>2")
		}
		if events := r.Events.Take(secretmux.EventRotation); len(events) != 3 {
			t.Errorf("%d rotation events, want 3", len(events))
		}
	})
}

// A restart of the backend, an outage or a deletion is not a change of content.
func TestOnRotateIsNotCalledForOutages(t *testing.T) {
	for _, class := range []error{secretmux.ErrUnavailable, secretmux.ErrThrottled, secretmux.ErrDenied, secretmux.ErrNotFound, secretmux.ErrDisabled, secretmux.ErrCorrupt} {
		t.Run(class.Error(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := rigs.New(t, secretmux.Options{TTL: time.Minute}, map[string]string{"a": "1"})
				var told rigs.Told
				r.OnRotate("a", told.Call)
				synctest.Wait()
				r.Fail(class)
				r.Pass(time.Hour)
				r.Faults.Heal()
				r.Pass(5 * time.Minute)
				r.Want("a", "1")
				told.Want(t)
				r.Fail(class)
				r.Memory.Set("a", "2")
				r.Pass(time.Hour)
				told.Want(t)
				r.Faults.Heal()
				r.Pass(5 * time.Minute)
				told.Want(t, "1>2")
			})
		})
	}
}

func TestOnRotateOfAField(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := rigs.New(t, secretmux.Options{TTL: time.Minute}, map[string]string{"db": `{"user":"ann","pass":"1"}`})
		var user, pass, pointer, whole rigs.Told
		r.OnRotate("db#user", user.Call)
		r.OnRotate("db#pass", pass.Call)
		r.OnRotate("db?version=current#/pass", pointer.Call)
		r.OnRotate("db", whole.Call)
		synctest.Wait()
		r.WantCalls(1)
		r.Memory.Set("db", `{"user":"ann","pass":"2"}`)
		r.Pass(2 * time.Minute)
		r.Memory.Set("db", `{ "user":"ann", "pass":"2" }`)
		r.Pass(2 * time.Minute)
		user.Want(t)
		pass.Want(t, "1>2")
		pointer.Want(t, "1>2")
		whole.Want(t, `{"user":"ann","pass":"1"}>{"user":"ann","pass":"2"}`, `{"user":"ann","pass":"2"}>{ "user":"ann", "pass":"2" }`)
	})
}

// A field that disappears and comes back is a change only if its content is different.
func TestOnRotateOfAFieldThatIsMissingForAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := rigs.New(t, secretmux.Options{TTL: time.Minute}, map[string]string{"db": `{"user":"ann","pass":"1"}`})
		var pass rigs.Told
		r.OnRotate("db#pass", pass.Call)
		r.Pass(time.Second)
		for _, doc := range []string{`{"user":"ann"}`, `no JSON`, `{"user":"bob","pass":"1"}`, `{"user":"bob","pass":null}`} {
			r.Memory.Set("db", doc)
			r.Pass(2 * time.Minute)
		}
		pass.Want(t)
		r.WantErr("db#pass", secretmux.ErrFieldNotFound)
		r.Memory.Set("db", `{"user":"bob","pass":"2"}`)
		r.Pass(2 * time.Minute)
		pass.Want(t, "1>2")
	})
}

func TestOnRotateNamesTheReferenceItWasGiven(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := rigs.New(t, secretmux.Options{TTL: time.Minute}, map[string]string{"db": `{"k":"1"}`})
		refs := make(chan string, 2)
		for _, ref := range []string{"db#k", "db?version=current#k"} {
			r.OnRotate(ref, func(_ context.Context, rot secretmux.Rotation) error { refs <- rot.Ref; return nil })
		}
		synctest.Wait()
		r.Memory.Set("db", `{"k":"2"}`)
		r.Pass(time.Minute)
		got := map[string]bool{<-refs: true, <-refs: true}
		if !got["db#k"] || !got["db?version=current#k"] {
			t.Errorf("Rotation.Ref was %v", got)
		}
	})
}

// A secret that is absent at first is read until it exists. That is not a change.
func TestOnRotateBeforeTheFirstValue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := rigs.New(t, secretmux.Options{TTL: time.Minute}, nil)
		var told rigs.Told
		r.OnRotate("a", told.Call)
		r.Pass(5 * time.Minute)
		r.Memory.Set("a", "1")
		r.Pass(5 * time.Minute)
		r.Want("a", "1")
		told.Want(t)
		r.Memory.Set("a", "2")
		r.Pass(2 * time.Minute)
		told.Want(t, "1>2")
	})
}

func TestOnRotateStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := rigs.New(t, secretmux.Options{TTL: time.Minute}, map[string]string{"a": "1"})
		var stopped, kept rigs.Told
		stop := r.OnRotate("a", stopped.Call)
		stopKept := r.OnRotate("a", kept.Call)
		r.Pass(time.Second)
		stop()
		stop()
		r.Memory.Set("a", "2")
		r.Pass(2 * time.Minute)
		stopped.Want(t)
		kept.Want(t, "1>2")
		stopKept()
		r.Pass(2 * time.Minute)
		r.Backend.Calls.Store(0)
		r.Pass(time.Hour)
		r.WantCalls(0) // nobody watches any more
	})
}

// If nothing is kept there are no background reads: the callback gets the values that
// Gets read.
func TestOnRotateWithoutATTL(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := rigs.New(t, secretmux.Options{TTL: -1}, map[string]string{"a": "1"})
		var told rigs.Told
		r.OnRotate("a", told.Call)
		r.Pass(time.Hour)
		r.WantCalls(1)
		r.Memory.Set("a", "2")
		r.Want("a", "2")
		r.Memory.Set("a", "3")
		if err := r.Refresh(t.Context(), "a"); err != nil {
			t.Error(err)
		}
		synctest.Wait()
		told.Want(t, "1>2", "2>3")
	})
}
