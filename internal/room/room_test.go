package room_test

import (
	"testing"
	"time"

	"github.com/secretmux/secretmux/internal/room"
)

// given reports whether turn was given.
func given(turn *room.Turn) bool {
	select {
	case <-turn.Given():
		return true
	default:
		return false
	}
}

// A round of a burst may end before any of those that it has woken have looked. What
// the burst has won must be theirs all the same.
func TestABurstKeepsItsRoomBetweenRounds(t *testing.T) {
	r := room.Room{Least: 2}
	turns := []*room.Turn{r.Wait(), r.Wait(), r.Wait(), r.Wait()}
	for running := range 2 { // both answer quickly
		r.Grow(time.Millisecond, time.Millisecond)
		r.Freed(1 - running)
	}
	for i, turn := range turns {
		if !given(turn) {
			t.Fatalf("turn %d was not given", i)
		}
	}
	for running := range turns {
		r.Take(running)
		if r.Full(running) {
			t.Errorf("there is no room for the call that joins %d others, want room for four", running)
		}
	}
}

// The room that a burst has won ends with it.
func TestABurstTakesNoRoomToTheNext(t *testing.T) {
	r := room.Room{Least: 1}
	turn := r.Wait()
	r.Grow(time.Millisecond, time.Millisecond)
	r.Freed(0)
	if !given(turn) {
		t.Fatal("the turn was not given")
	}
	r.Withdraw(turn, 0)
	if !r.Full(1) {
		t.Error("there is room for two after the burst has ended, want room for one")
	}
}
