package steady

import (
	"context"
	"maps"
	"slices"
	"time"
)

const (
	// maxLooks is how many files of one reader are read side by side. A read that
	// hangs keeps its place, so that a mount which is gone takes no more goroutines
	// than that.
	maxLooks = 16
	// patience is how long the reads of a batch wait until one more of them has
	// ended. It is at most a quarter of the time that is left, so that the others are
	// still of use.
	patience = 2 * time.Second
)

// crew has the trials of one round look at their files in goroutines of its own, and
// waits as long as one after the other ends. The system call of a read can't be
// interrupted, so a look that does not end is left behind with its trial.
type crew struct {
	reader *Reader
	open   map[*trial]bool // those whose look has not ended
	work   chan *trial     // those whose look has not begun
	looked chan *trial     // those whose look has ended; never full
}

// lookTogether has each trial look at its file and returns those that have not settled.
// The error is that of ctx.
func (r *Reader) lookTogether(ctx context.Context, open []*trial) (still []*trial, err error) {
	c := &crew{r, make(map[*trial]bool, len(open)), make(chan *trial, len(open)), make(chan *trial, len(open))}
	for _, t := range open {
		t.ended, c.open[t] = false, true // nobody else has it
		c.work <- t
	}
	wait := patienceOf(ctx)
	timer := time.NewTimer(wait)
	defer timer.Stop()
	slots := r.room()
	for len(c.open) > 0 {
		if err := ctx.Err(); err != nil {
			c.dismiss()
			return slices.AppendSeq(still, maps.Keys(c.open)), err
		}
		hire := slots
		if len(c.work) == 0 {
			hire = nil
		}
		select {
		case <-ctx.Done():
		case hire <- struct{}{}:
			go c.run(slots)
		case t := <-c.looked:
			still = c.take(t, still)
			timer.Reset(wait)
		case <-timer.C:
			still = c.leave(still)
		}
	}
	return still, nil
}

func patienceOf(ctx context.Context) time.Duration {
	if deadline, ok := ctx.Deadline(); ok {
		return max(min(patience, time.Until(deadline)/4), rest)
	}
	return patience
}

// run looks at one file after the other.
func (c *crew) run(slots <-chan struct{}) {
	defer func() { <-slots }()
	for {
		select {
		case t := <-c.work:
			t.settled = t.round()
			c.reader.returned(t)
			c.looked <- t
		default:
			return
		}
	}
}

// take takes in a look that has ended.
func (c *crew) take(t *trial, still []*trial) []*trial {
	delete(c.open, t)
	if !t.settled {
		return append(still, t)
	}
	*t.into = t.found
	return still
}

// leave gives up what has not ended.
func (c *crew) leave(still []*trial) []*trial {
	for _, t := range c.dismiss() { // there was no room for it
		t.ended, t.settled, t.found = true, true, Content{Err: ErrHangs}
		c.looked <- t
	}
	for t := range c.open {
		if c.reader.abandon(t) {
			delete(c.open, t)
			*t.into = Content{Err: ErrHangs}
		}
	}
	for len(c.open) > 0 { // these have ended just now
		still = c.take(<-c.looked, still)
	}
	return still
}

// dismiss takes the work back that nobody has begun.
func (c *crew) dismiss() (rest []*trial) {
	for {
		select {
		case t := <-c.work:
			rest = append(rest, t)
		default:
			return rest
		}
	}
}

// room has one place for each read at a time.
func (r *Reader) room() chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.slots == nil {
		r.slots, r.hanging = make(chan struct{}, maxLooks), make(map[string]int)
	}
	return r.slots
}

// abandon notes that the look of t hangs. It returns false where it has ended.
func (r *Reader) abandon(t *trial) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if t.ended {
		return false
	}
	t.left = true
	r.hanging[t.file.Key]++
	r.left++
	return true
}

// returned notes that the look of t has ended.
func (r *Reader) returned(t *trial) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if t.ended = true; !t.left {
		return
	}
	r.left--
	if r.hanging[t.file.Key]--; r.hanging[t.file.Key] == 0 {
		delete(r.hanging, t.file.Key)
	}
}

// hangs returns ErrHangs while a read of the file that was left behind has not returned,
// or as many of others as there is room for.
func (r *Reader) hangs(key string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.hanging[key] > 0 || r.left >= maxLooks {
		return ErrHangs
	}
	return nil
}
