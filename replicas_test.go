package secretmux_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/secretmux/secretmux"
)

func TestReplicasAnswerFromTheFirstThatCanBeReached(t *testing.T) {
	for _, class := range []error{secretmux.ErrUnavailable, secretmux.ErrThrottled} {
		down, up, last := failing("down:", class), has("up:", "a", "1", "b", "1"), has("last:", "a", "2")
		r := replicasOf(down, up, last)
		got, err := r.Get(t.Context(), "a")
		wantSecret(t, "1")(got, err)
		if got.Source() != "up:" {
			t.Errorf("source %q", got.Source())
		}
		for _, result := range getMany(t.Context(), r, "a", "b") {
			wantSecret(t, "1")(result.Secret, result.Err)
		}
		if last.Gets.Load()+last.Batches.Load() != 0 {
			t.Error("a replica behind the one that answers was asked")
		}
		if r.String() != "down:|up:|last:" {
			t.Errorf("String is %q", r)
		}
	}
}

func TestReplicasStopAtEveryOtherClass(t *testing.T) {
	for _, class := range append(inFront(), secretmux.ErrNotFound) {
		if errors.Is(class, secretmux.ErrUnavailable) || errors.Is(class, secretmux.ErrThrottled) {
			continue
		}
		other := has("other:", "a", "x")
		r := replicasOf(failing("first:", class), other)
		wantClass(t, class)(r.Get(t.Context(), "a"))
		wantClass(t, class)(only(getMany(t.Context(), r, "a")))
		if other.Gets.Load()+other.Batches.Load() != 0 {
			t.Errorf("%v: the other replica was asked", class)
		}
		wantSecret(t, "x")(replicasOf(secretmux.ContinueOn(failing("first:", class), class), other).Get(t.Context(), "a"))
	}
}

func TestReplicasGetManyAsksTheNextForWhatFailed(t *testing.T) {
	flaky, other := has("flaky:", "a", "1"), has("other:", "a", "2", "b", "2")
	flaky.FailName = map[string]error{"b": &secretmux.Error{Class: secretmux.ErrUnavailable}}
	results := getMany(t.Context(), replicasOf(flaky, other), "a", "b", "c")
	wantSecret(t, "1")(results[0].Secret, results[0].Err)
	wantSecret(t, "2")(results[1].Secret, results[1].Err)
	wantClass(t, secretmux.ErrNotFound)(results[2].Secret, results[2].Err)
	if other.Gets.Load() != 1 || other.Batches.Load() != 0 {
		t.Errorf("the next replica got %d single reads and %d batches for one name", other.Gets.Load(), other.Batches.Load())
	}
}

func TestReplicasAllDown(t *testing.T) {
	first, second := failing("one:", secretmux.ErrUnavailable), failing("two:", secretmux.ErrThrottled)
	_, err := replicasOf(first, second).Get(t.Context(), "a")
	wantClass(t, secretmux.ErrUnavailable)(secretmux.Secret{}, err)
	var e *secretmux.Error
	if !errors.As(err, &e) || e.Source != "one:" || e.Hint != "a hint" || e.Name != "a" {
		t.Errorf("%+v", e)
	}
	var attempts *secretmux.FallbackError
	if !errors.As(err, &attempts) {
		t.Fatalf("no attempts in %v", err)
	}
	sources := []string{attempts.Attempts[0].Source, attempts.Attempts[1].Source}
	if !slices.Equal(sources, []string{"one:", "two:"}) || attempts.Error() != "no link answered: one: unavailable, two: throttled" {
		t.Errorf("%q, %v", sources, attempts)
	}
	// Unreachable replicas stop a chain: the secret is not provably absent.
	weak := has("weak:", "a", "x")
	wantClass(t, secretmux.ErrUnavailable)(chainOf(replicasOf(first, second), weak).Get(t.Context(), "a"))
	wantSecret(t, "x")(chainOf(secretmux.ContinueOn(replicasOf(first, second), secretmux.ErrUnavailable), weak).Get(t.Context(), "a"))
}

func TestReplicasOfPartlyPassedLinksStopAChain(t *testing.T) {
	denied := secretmux.ContinueOn(failing("denied:", secretmux.ErrDenied), secretmux.ErrDenied)
	r := replicasOf(denied, failing("down:", secretmux.ErrUnavailable))
	wantClass(t, secretmux.ErrDenied)(chainOf(r, has("weak:", "a", "x")).Get(t.Context(), "a"))
}

// A chain that has not the secret in any of its links answers "absent", as one link
// does: another replica must not be asked.
func TestAnAbsentSecretOfAChainIsAbsentInReplicas(t *testing.T) {
	other := has("other:", "a", "wrong")
	r := replicasOf(chainOf(has("one:"), has("two:")), other)
	wantClass(t, secretmux.ErrNotFound)(r.Get(t.Context(), "a"))
	for _, result := range getMany(t.Context(), r, "a", "b") {
		wantClass(t, secretmux.ErrNotFound)(result.Secret, result.Err)
	}
	if other.Gets.Load()+other.Batches.Load() != 0 {
		t.Error("the other replica was asked")
	}
}
