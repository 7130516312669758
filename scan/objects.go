package scan

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/secretmux/secretmux"
)

// object is one of git's objects as "cat-file --batch" prints it.
type object struct {
	id, kind string
	content  io.Reader
}

// objects calls visit for each object that "git cat-file --batch" prints. If visit
// does not read all of the content, the rest is skipped. A missing object has an
// empty kind.
func (g git) objects(ctx context.Context, stdin io.Reader, visit func(object) error, args ...string) error {
	return g.pipe(ctx, stdin, func(r io.Reader) error {
		in := bufio.NewReaderSize(r, 64<<10)
		for {
			head, err := in.ReadString('\n')
			if err == io.EOF && head == "" {
				return nil
			}
			if err != nil {
				return errCutOff()
			}
			fields := strings.Fields(head)
			if len(fields) == 2 && fields[1] == "missing" {
				if err := visit(object{id: fields[0]}); err != nil {
					return err
				}
				continue
			}
			if err := oneObject(in, fields, visit); err != nil {
				return err
			}
		}
	}, append([]string{"cat-file", "--batch", "--buffer"}, args...)...)
}

func oneObject(in *bufio.Reader, fields []string, visit func(object) error) error {
	if len(fields) != 3 {
		return errCutOff()
	}
	size, err := strconv.ParseInt(fields[2], 10, 64)
	if err != nil {
		return errCutOff()
	}
	content := &io.LimitedReader{R: in, N: size}
	if err := visit(object{id: fields[0], kind: fields[1], content: content}); err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, content); err != nil || content.N > 0 {
		return errCutOff()
	}
	if _, err := in.Discard(1); err != nil { // the line end after the content
		return errCutOff()
	}
	return nil
}

func errCutOff() error {
	return &secretmux.Error{Op: "scan", Class: secretmux.ErrUnavailable, Err: errors.New("git's answer was cut off")}
}

// Object returns the content of a blob, commit or tag of the repository at dir. id is the
// Object of a [Finding]. A program needs the content to show the line, with the secret
// masked. If the object is longer than limit bytes, the error is ErrTooLarge. If it does
// not exist, the error is ErrNotFound. If id is malformed, the error is ErrInvalid.
func Object(ctx context.Context, dir, id string, limit int64) ([]byte, error) {
	if id == "" || strings.Trim(id, "0123456789abcdef") != "" {
		return nil, secretmux.Invalid("object", "the id is not an object id of git", "use the Object of a Finding")
	}
	content := []byte(nil)
	err := git{dir: dir}.objects(ctx, strings.NewReader(id+"\n"), func(o object) (err error) {
		if o.kind == "" {
			return &secretmux.Error{Op: "object", Class: secretmux.ErrNotFound, Err: errors.New("the repository does not have the object")}
		}
		content, err = io.ReadAll(io.LimitReader(o.content, limit+1))
		if err == nil && int64(len(content)) > limit {
			return &secretmux.Error{Op: "object", Class: secretmux.ErrTooLarge, Err: errors.New("the object is longer than the limit")}
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return content, nil
}
