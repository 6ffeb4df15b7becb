/** A button under a message. */
export interface Button {
  readonly text: string;
  readonly callback_data?: string;
}

/** A message in a chat, as a person sees it. */
export interface Message {
  readonly id: number;
  readonly chatId: number;
  readonly isFromBot: boolean;
  /** What is read: after the markup is taken out. The caption, for a photo. */
  text: string;
  /** The text as it was sent, with its markup. */
  source: string;
  buttons: ReadonlyArray<ReadonlyArray<Button>>;
  readonly isSilent: boolean;
  readonly photo: Photo | undefined;
  readonly at: number;
  edits: number;
}

export interface Photo {
  readonly width: number;
  readonly height: number;
  readonly png: Buffer;
}
