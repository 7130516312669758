package awstest

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"

	"github.com/secretmux/secretmux"
)

const contentType = "application/x-amz-json-1.1"

// Refusal is an error that a service answers with.
type Refusal struct{ Code, Message string }

// Refuse returns the Refusal with this code and message.
func Refuse(code, message string) Refusal { return Refusal{Code: code, Message: message} }

// Refuse answers with this status and error, and with a request id.
func (s *Server) Refuse(w http.ResponseWriter, status int, with Refusal) {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("X-Amzn-Requestid", "11111111-2222-4333-8444-555555555555")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"__type": with.Code, s.message: with.Message})
}

// failing answers with an error of this class that quotes the value.
func (s *Server) failing(class error, value string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		switch class {
		case secretmux.ErrDenied:
			s.Refuse(w, http.StatusBadRequest, Refuse("AccessDeniedException", value))
		case secretmux.ErrUnauthenticated:
			s.Refuse(w, http.StatusBadRequest, Refuse("ExpiredTokenException", value))
		case secretmux.ErrThrottled:
			s.Refuse(w, http.StatusBadRequest, Refuse("ThrottlingException", value))
		case secretmux.ErrInvalid:
			s.Refuse(w, http.StatusBadRequest, Refuse("ValidationException", value))
		case secretmux.ErrCorrupt:
			_, _ = io.WriteString(w, s.before+value)
		case secretmux.ErrTooLarge:
			_, _ = io.WriteString(w, s.before+strings.Repeat(value+" ", 2<<20/(len(value)+1))+s.after)
		default:
			s.Refuse(w, http.StatusInternalServerError, Refuse(value, value))
		}
	}
}
