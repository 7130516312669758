package push

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"

	"github.com/secretmux/secretmux"
)

// Parser turns a message into notices. If it returns neither a notice nor an error, the
// message is well formed and not about a rotation, for example a broker's test message.
// Its errors must quote nothing of the message.
//
// [JSON], [AWS], [GCP] and [Azure] are parsers, and [Any] tries them all. They ignore
// unknown fields and accept at most 256 KiB. Their errors are ErrInvalid.
type Parser func(Message) ([]Notice, error)

// maxBody is the largest message that EventBridge and similar services send.
const maxBody = 256 << 10

// errForeign is the error for a message in an unknown shape.
var errForeign = malformed("the shape of the message is unknown")

// Any recognises a message of [JSON], [AWS], [GCP] or [Azure] by its shape. It first
// decodes a body in base64, which Azure's Storage queues have, and removes an envelope
// of SNS. A message with another shape is ErrInvalid.
func Any(m Message) ([]Notice, error) {
	if notices, err := GCP(m); !errors.Is(err, errForeign) {
		return notices, err
	}
	if len(m.Body) > maxBody {
		return nil, malformed("the message is longer than 256 KiB")
	}
	m.Body = unwrapSNS(decodeBase64(m.Body))
	for _, parse := range []Parser{JSON, AWS, Azure} {
		if notices, err := parse(m); !errors.Is(err, errForeign) {
			return notices, err
		}
	}
	return nil, errForeign
}

// malformed is the error for a message that is dropped. It replaces the error of
// encoding/json, which may quote the message.
func malformed(problem string) error {
	return secretmux.Invalid("parse message", problem, "see the shapes in the documentation of package push")
}

// decode reads JSON from an untrusted sender.
func decode(body []byte, into any) error {
	if len(body) > maxBody {
		return malformed("the message is longer than 256 KiB")
	}
	if json.Unmarshal(body, into) != nil {
		return errForeign
	}
	return nil
}

// decodeBase64 decodes a body in base64. Any other body stays unchanged.
func decodeBase64(body []byte) []byte {
	text := bytes.TrimSpace(body)
	if len(text) == 0 || text[0] == '{' || text[0] == '[' {
		return body
	}
	plain, err := base64.StdEncoding.AppendDecode(nil, text)
	if err != nil {
		return body
	}
	return plain
}

// unwrapSNS removes the envelope that SNS puts around a message, unless raw delivery is
// on. https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
func unwrapSNS(body []byte) []byte {
	var envelope struct{ Type, Message string }
	if json.Unmarshal(body, &envelope) != nil || envelope.Type != "Notification" || envelope.Message == "" {
		return body
	}
	return []byte(envelope.Message)
}
