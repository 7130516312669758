package room_test

import (
	"testing"
	"time"

	"github.com/secretmux/secretmux/internal/room"
)

func given(t *room.Turn) bool {
	select {
	case <-t.Given():
		return true
	default:
		return false
	}
}

func TestRoomGrowsWithAnswers(t *testing.T) {
	r := &room.Room{Least: 2}
	if r.Full(1) || !r.Full(2) {
		t.Fatal("it does not hold two")
	}
	r.Grow(time.Millisecond, 0)
	if !r.Full(2) {
		t.Error("it grew although no caller waits")
	}
	first, second := r.Wait(), r.Wait()
	r.Grow(time.Millisecond, time.Second)
	if !r.Full(2) {
		t.Error("it grew although a call seems to hang")
	}
	r.Grow(time.Second, 2*time.Second)
	if r.Full(2) || !r.Full(3) {
		t.Error("it did not grow by one")
	}
	r.Freed(2)
	if !given(first) || given(second) {
		t.Error("one place was free, for the one who came first")
	}
	r.Freed(0)
	if !given(second) {
		t.Error("the second was not let in")
	}
	r.Freed(0)
	if !r.Full(2) {
		t.Error("the room of a burst outlived it")
	}
}

func TestThoseThatWaitLookAgainWhenACallIsLeftBehind(t *testing.T) {
	r := &room.Room{Least: 1}
	turns := []*room.Turn{r.Wait(), r.Wait(), r.Wait()}
	r.Grow(time.Second, 0)
	r.Shrink()
	for i, turn := range turns {
		if !given(turn) {
			t.Errorf("%d still waits", i)
		}
	}
	if !r.Full(1) {
		t.Error("it did not shrink")
	}
}

// A turn that was given to one who has left goes to the next, or the place would be
// free and nobody would know.
func TestWithdraw(t *testing.T) {
	r := &room.Room{Least: 1}
	first, second, third := r.Wait(), r.Wait(), r.Wait()
	r.Withdraw(second)
	r.Freed(0)
	if !given(first) || given(third) {
		t.Fatal("the place was not for the first")
	}
	r.Withdraw(first)
	if !given(third) || given(second) {
		t.Error("the place did not go to the next that still waits")
	}
}

func TestRoomHasAnEnd(t *testing.T) {
	r := &room.Room{Least: 16}
	r.Wait()
	for range 2000 {
		r.Grow(time.Second, 0)
	}
	if r.Full(1023) || !r.Full(1024) {
		t.Error("it holds other than 1024 calls")
	}
}
