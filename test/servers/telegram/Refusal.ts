/** An answer of the Bot API that is not `ok`. */
export class Refusal extends Error {
  readonly code: number;
  readonly description: string;
  readonly retryAfter: number | undefined;

  constructor(code: number, description: string, retryAfter?: number) {
    super(description);
    this.code = code;
    this.description = description;
    this.retryAfter = retryAfter;
  }

  get body(): unknown {
    return {
      ok: false,
      error_code: this.code,
      description: this.description,
      ...(this.retryAfter === undefined ? {} : { parameters: { retry_after: this.retryAfter } }),
    };
  }
}

export const badRequest = (description: string): Refusal => new Refusal(400, `Bad Request: ${description}`);
