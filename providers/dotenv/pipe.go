package dotenv

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"sync"
	"time"

	"github.com/secretmux/secretmux/providers/internal/steady"
)

// What can be wrong with a FIFO. Neither quotes anything.
var (
	errNotFIFO  = errors.New("it is not a FIFO")
	errNoWriter = errors.New("nobody wrote to the FIFO in time")
)

// pipe reads a FIFO, one reader at a time: two would get half of the content each.
// A read may ask a person for consent, so that all who come before one has begun
// share it. It keeps nothing between reads.
type pipe struct {
	look func(ctx context.Context, cut bool) intake
	turn chan struct{} // holds one token while a read is under way
	cut  bool          // what the read before said; for who has the turn

	mu   sync.Mutex
	next *pipeRead // the one that has not begun, nil where nobody waits for one
}

// intake is what came through a FIFO.
type intake struct {
	data []byte
	info fs.FileInfo
	err  error
	// cut says that the read ended in the middle, so that the writer may go on with
	// the rest for the next reader.
	cut bool
}

// pipeRead is one read and what came of it, which is set before done is closed.
type pipeRead struct {
	done chan struct{}
	intake
	// givenUp says that the one who read had no more time. Others may have.
	givenUp bool
}

func newPipe(path string) *pipe {
	return &pipe{
		look: func(ctx context.Context, cut bool) intake { return readPipe(ctx, path, cut) },
		turn: make(chan struct{}, 1),
	}
}

// read returns the content of the FIFO as a read found it that began after the call
// did.
func (p *pipe) read(ctx context.Context) ([]byte, fs.FileInfo, error) {
	for {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		r, own := p.join(), false
		select {
		case <-ctx.Done():
			return nil, nil, ctx.Err()
		case <-r.done:
		case p.turn <- struct{}{}:
			own = p.lead(ctx, r)
			<-p.turn
		}
		if own || !r.givenUp {
			return r.data, r.info, r.err
		}
	}
}

func (p *pipe) join() *pipeRead {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.next == nil {
		p.next = &pipeRead{done: make(chan struct{})}
	}
	return p.next
}

// lead does the read, unless another had the turn before and did it. Then it is
// over, as only one has the turn.
func (p *pipe) lead(ctx context.Context, r *pipeRead) bool {
	p.mu.Lock()
	mine := p.next == r
	if mine {
		p.next = nil
	}
	p.mu.Unlock()
	if mine {
		r.intake = p.look(ctx, p.cut)
		p.cut = r.cut
		r.givenUp = r.err != nil && (errors.Is(r.err, errNoWriter) || ctx.Err() != nil)
		close(r.done)
	}
	return mine
}

// statPipe looks at what is at path, and refuses anything but a FIFO.
func statPipe(path string) (fs.FileInfo, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, steady.ErrDirectory
	case info.Mode().Type() != fs.ModeNamedPipe:
		return nil, errNotFIFO
	}
	return info, nil
}

// giveUp returns when to stop to wait for a writer: a little before ctx ends, so that
// the error can say what was missing. It is zero without a deadline.
func giveUp(ctx context.Context) time.Time {
	const most = 100 * time.Millisecond
	deadline, ok := ctx.Deadline()
	if !ok {
		return time.Time{}
	}
	return deadline.Add(-min(time.Until(deadline)/10, most))
}
