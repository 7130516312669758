package azure

import (
	"errors"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
)

var (
	errChallenge  = errors.New("the SDK does not accept the vault's challenge")
	errUnreadable = errors.New("the answer is malformed")
)

// safe returns a cause whose text, and that of everything below it, can't hold a
// value, a token or a body. The SDK's errors quote bodies, URLs and challenges, so
// none of them is kept.
func safe(err error) error {
	for _, sentinel := range []error{
		errDeleted, errNoPrevious, errPreviousDisabled, errTooLarge, errForeignHost, errClosed, errPanicked,
	} {
		if errors.Is(err, sentinel) {
			return sentinel
		}
	}
	var (
		unsure    *unsureError
		answer    *answerError
		network   *networkError
		refused   *loginError
		malformed *malformedError
		response  *azcore.ResponseError
	)
	switch {
	case isContextError(err):
		return err
	case errors.As(err, &unsure):
		return unsure
	case errors.As(err, &answer):
		return answer
	case errors.As(err, &refused):
		return refused
	case errors.As(err, &response):
		return &answerError{status: response.StatusCode}
	case errors.As(err, &network):
		return network
	case errors.As(err, &malformed):
		return malformed
	case nonRetriable(err):
		return errChallenge
	}
	return errUnreadable
}
