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

// These are the possible faults of a FIFO. The texts quote nothing.
var (
	errNotFIFO  = errors.New("the path is not a FIFO")
	errNoWriter = errors.New("no program wrote to the FIFO in time")
)

// pipe reads a FIFO, with one reader at a time: two readers would get half of the
// content each. A read may ask a person for consent, so all callers that come before
// a read has begun share it. It keeps nothing between reads.
type pipe struct {
	look func(ctx context.Context, cut bool) intake
	turn chan struct{} // holds one token while a read is under way
	cut  bool          // what the previous read reported; only the holder of the turn uses it

	mu   sync.Mutex
	next *pipeRead // the read that has not begun; nil if no caller waits for one
}

// intake is the content that came through a FIFO.
type intake struct {
	data []byte
	info fs.FileInfo
	err  error
	// cut says that the read ended in the middle, so that the writer may go on with
	// the rest for the next reader.
	cut bool
}

// pipeRead is one read and its result, which is set before done is closed.
type pipeRead struct {
	done chan struct{}
	intake
	// givenUp says that the caller that did the read had no more time. Other callers
	// may have more.
	givenUp bool
}

func newPipe(path string) *pipe {
	return &pipe{
		look: func(ctx context.Context, cut bool) intake { return readPipe(ctx, path, cut) },
		turn: make(chan struct{}, 1),
	}
}

// read returns the content of the FIFO. The content comes from a read that began
// after this call.
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

// lead does the read, unless another caller had the turn before and has done it. In
// that case the read is over, because only one caller has the turn.
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

// statPipe looks at the file at path and refuses everything except a FIFO.
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

// giveUp returns when to stop waiting for a writer. That is a little before ctx ends,
// so that the error can say what was missing. It is zero without a deadline.
func giveUp(ctx context.Context) time.Time {
	const most = 100 * time.Millisecond
	deadline, ok := ctx.Deadline()
	if !ok {
		return time.Time{}
	}
	return deadline.Add(-min(time.Until(deadline)/10, most))
}
