'use client';
import { ActionHost } from '../actions/action-host';
import { Palette } from './palette';

/** What every screen of the desk can open: the palette and the dialog of an action. */
export function Desk() {
  return (
    <>
      <Palette />
      <ActionHost />
    </>
  );
}
