package secretmux_test

import (
	"errors"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/internal/rigs"
)

// What the tests share with those below testing, under shorter names.
type (
	backend  = rigs.Backend
	delayed  = rigs.Delayed
	manyFunc = rigs.ManyFunc

	rig      = rigs.Rig
	told     = rigs.Told
	eventLog = rigs.EventLog
	counted  = rigs.Counted
)

var (
	has, failing, hanging = rigs.Has, rigs.Failing, rigs.Hanging
	plain, fails          = rigs.Plain, rigs.Fails
	chainOf, replicasOf   = rigs.ChainOf, rigs.ReplicasOf
	getMany, only, listed = rigs.GetMany, rigs.Only, rigs.Listed
	answers, inFront      = rigs.Answers, rigs.InFront
	wantSecret, wantClass = rigs.WantSecret, rigs.WantClass
	newRig, wantLive      = rigs.New, rigs.WantLive
)

func must[T any](v T, err error) T { return rigs.Must(v, err) }

const document = rigs.Document

// failedOf is what a call with many references says of each that failed.
func failedOf(t *testing.T, err error) map[string]error {
	t.Helper()
	var many *secretmux.ManyError
	if !errors.As(err, &many) {
		t.Fatalf("%v is not a ManyError", err)
	}
	return many.Failed
}
