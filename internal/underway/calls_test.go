package underway_test

import (
	"context"
	"strconv"
	"testing"
	"time"

	"github.com/secretmux/secretmux/internal/underway"
)

func given(t *underway.Turn) bool {
	select {
	case <-t.Given():
		return true
	default:
		return false
	}
}

// calls has n calls under way that began at the zero time plus one second.
func calls(least, n int) (*underway.Calls, []*underway.Call) {
	c := underway.New(least)
	running := make([]*underway.Call, n)
	for i := range running {
		running[i] = &underway.Call{Key: strconv.Itoa(i)}
		running[i].Began = at(0)
		c.Begin(running[i])
	}
	return &c, running
}

func at(d time.Duration) time.Time { return time.Unix(1, 0).Add(d) }

func TestRoomGrowsWithAnswers(t *testing.T) {
	c, running := calls(2, 2)
	if !c.Full() {
		t.Fatal("there is room for a third")
	}
	first, second := c.Wait(), c.Wait()
	c.End(running[0], at(time.Second))
	if !given(first) || !given(second) || c.Waited() {
		t.Error("an answer made no place for one more, beside its own")
	}
	c.Take()
	c.Begin(&underway.Call{Began: at(time.Second)})
	c.Take()
	if c.Full() {
		t.Error("no room for the second")
	}
	c.Begin(&underway.Call{Began: at(time.Second)})
	if !c.Full() {
		t.Error("there is room for a fourth")
	}
}

func TestRoomDoesNotGrow(t *testing.T) {
	c, running := calls(2, 2)
	c.End(running[1], at(time.Second)) // no caller waits
	running[1].Began = at(time.Hour)
	c.Begin(running[1])
	if !c.Full() {
		t.Error("it grew although no caller waited")
	}
	turn := c.Wait()
	c.End(running[1], at(time.Hour+time.Millisecond)) // the other one seems to hang
	if !given(turn) {
		t.Error("the place of the one who went is lost")
	}
	c.Take()
	c.Begin(&underway.Call{Began: at(time.Hour)})
	if !c.Full() {
		t.Error("it grew although a call seems to hang")
	}
}

// The room that a burst has won ends with the burst, and not before those whose turn
// was given have looked.
func TestRoomOfABurst(t *testing.T) {
	c, running := calls(1, 1)
	c.Wait()
	c.Wait()
	c.End(running[0], at(time.Second))
	c.Take()
	running[0].Began = at(time.Second)
	c.Begin(running[0])
	if !c.Full() {
		t.Error("one who has just come finds the place that was announced to the second")
	}
	c.Take()
	if c.Full() {
		t.Error("the room went before the second of the burst has looked")
	}
	c.End(running[0], at(2*time.Second))
	running[0].Began = at(2 * time.Second)
	c.Begin(running[0])
	if !c.Full() {
		t.Error("the room of a burst outlived it")
	}
}

// All calls of a round may end before any of those that wait has looked. No more turns
// are given than there are places, so the queue lasts, and with it the growth.
func TestNoTurnWithoutAPlace(t *testing.T) {
	c, running := calls(4, 4)
	turns := make([]*underway.Turn, 20)
	for i := range turns {
		turns[i] = c.Wait()
	}
	for _, call := range running {
		c.End(call, at(time.Second))
	}
	for i, turn := range turns {
		if given(turn) != (i < 8) {
			t.Errorf("turn %d was given: %t; there are 8 places now", i, given(turn))
		}
	}
	c.Take() // the first is refused for a reason of its own
	c.Pass()
	if !given(turns[8]) || given(turns[9]) {
		t.Error("the place of the one who was refused did not go to the next")
	}
}

func TestRoomHasAnEnd(t *testing.T) {
	c, running := calls(1, 2000)
	for _, call := range running[1500:] {
		c.Wait()
		c.End(call, at(time.Second))
	}
	for _, call := range running[1024:1500] {
		c.End(call, at(time.Second))
	}
	if !c.Full() || c.Running() != 1024 {
		t.Errorf("%d calls run and there is room for more", c.Running())
	}
}

func TestThoseThatWaitLookAgainWhenACallIsLeftBehind(t *testing.T) {
	c, running := calls(1, 1)
	turns := []*underway.Turn{c.Wait(), c.Wait(), c.Wait()}
	if !c.Abandon(running[0]) {
		t.Fatal("the call has not ended")
	}
	for i, turn := range turns {
		if !given(turn) {
			t.Errorf("%d still waits", i)
		}
	}
}

// A turn that was given to one who has left goes to the next, or the place would be
// free and nobody would know.
func TestWithdraw(t *testing.T) {
	c, running := calls(1, 2)
	first, second, third := c.Wait(), c.Wait(), c.Wait()
	c.Withdraw(second)
	running[0].Check = true // it makes no more room
	running[1].Check = true
	c.End(running[0], at(0))
	c.End(running[1], at(0))
	if !given(first) || given(third) {
		t.Fatal("the place was not for the first")
	}
	c.Withdraw(first)
	if !given(third) || given(second) {
		t.Error("the place did not go to the next that still waits")
	}
}

func TestAbandonedCallsAreCountedUntilTheyReturn(t *testing.T) {
	c, running := calls(4, 3)
	running[1].Key = "0"
	for _, call := range running {
		c.Abandon(call)
	}
	if c.Left() != 3 || c.Hanging("0") != 2 || c.Hanging("2") != 1 || c.Hanging("other") != 0 || !running[0].Abandoned() {
		t.Errorf("%d are left behind, %d of them for 0", c.Left(), c.Hanging("0"))
	}
	idle := c.Idle()
	for _, call := range running {
		c.End(call, at(time.Hour))
	}
	if c.Left() != 0 || c.Hanging("0") != 0 || c.Running() != 0 {
		t.Errorf("%d are left behind, %d run", c.Left(), c.Running())
	}
	select {
	case <-idle:
	default:
		t.Error("those who wait for the end were not told")
	}
	if c.Idle() != nil {
		t.Error("there is something to wait for")
	}
	if c.Abandon(running[0]) {
		t.Error("a call that has ended was abandoned")
	}
}

func TestAbandonLoad(t *testing.T) {
	c, running := calls(4, 3)
	over, cancel := context.WithCancel(t.Context())
	cancel()
	running[0].Load, running[1].Load, running[2].Load = t.Context(), over, over
	running[1].Key, running[2].Key = "a", "a"
	for _, want := range []bool{true, true, false} { // the two of a, in order
		if got := c.AbandonLoad("a"); got != want {
			t.Errorf("AbandonLoad = %t, want %t", got, want)
		}
		if !running[1].Abandoned() {
			t.Error("not the first of them")
		}
	}
	if c.AbandonLoad("0") {
		t.Error("a load whose time is not over was given up")
	}
}
